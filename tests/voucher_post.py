"""The vouchers' part of packages, as files of JSON lines: what one laptop tells another, kept to arrive late, twice or never."""

from __future__ import annotations

import json
from pathlib import Path

from app.usecases.context import Context
from app.usecases.voucher_messages import TakenIn
from app.usecases.voucher_sections import Messages, build_messages, note_left, take_messages


def post(sender: Context, receiver: Context, target: Path) -> Messages:
    """Write what ``sender`` tells ``receiver``, as a package that leaves does."""
    messages = build_messages(sender, to_kind=receiver.place.site_kind, letters=[receiver.place.device_prefix])
    lines = [json.dumps({"sender": sender.place.device_id}), *(json.dumps(row, ensure_ascii=False) for row in messages.rows())]
    target.write_text("\n".join(lines), "utf-8")
    with sender.unit() as uow:
        note_left(sender, uow, messages, target=target.name)
        uow.commit()
    return messages


def unpost(receiver: Context, source: Path) -> TakenIn | None:
    """Take in what such a file says, as a package that is applied does."""
    head, *rows = [json.loads(line) for line in source.read_text("utf-8").splitlines()]
    with receiver.unit() as uow:
        taken = take_messages(receiver, uow, rows, sender=head["sender"])
        uow.commit()
    return taken
