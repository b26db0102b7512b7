"""Forms about getting in: the first-run guide, passwords, recovery, restoring, operators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.presentation.forms.spec import FieldSpec, FormSpec, SectionSpec, spec_field
from app.presentation.messages import message

LEAST = 8
_REPEAT_HELP = "同じパスワードをもう一度入力します。"


def check_new_password(
    values: Mapping[str, Any], *, key: str = "password", again: str = "password_again", name: str = "operator"
) -> dict[str, str]:
    """A new password is long enough, typed twice alike, and not the name of its owner."""
    password, owner = str(values.get(key, "")), str(values.get(name, ""))
    if len(password) < LEAST:
        return {key: message("form.password_short", least=LEAST)}
    if owner and password.casefold() == owner.casefold():
        return {key: message("form.password_is_name")}
    if password != values.get(again):
        return {again: message("form.password_differs")}
    return {}


def password_strength(text: str) -> tuple[int, str]:
    """0 to 3 and a hint: length counts most, as guessing by machine is what a stolen laptop faces."""
    kinds = sum(any(test(char) for char in text) for test in (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum()))
    if len(text) < LEAST:
        return (
            0,
            f"あと{LEAST - len(text)}文字で使えます。" if text else f"{LEAST}文字以上。長い文ほど安全です（例：好きな言葉を3つ並べる）。",
        )
    if len(set(text)) < 5:
        return 1, "弱い：同じ文字の繰り返しです。"
    score = 3 if len(text) >= 16 or (len(text) >= 12 and kinds >= 3) else 2 if len(text) >= 12 or kinds >= 3 else 1
    return score, ("", "使えますが弱め：もう少し長くすると安全です。", "よい", "とてもよい")[score]


def _password(key: str, label: str, **more: Any) -> FieldSpec:
    return FieldSpec(key=key, label=label, kind="password", required=True, limit=200, **more)


DISASTER = FormSpec(
    key="setup.disaster",
    title="災害",
    sections=(
        SectionSpec(
            fields=(
                spec_field(
                    "setup",
                    "disaster_name",
                    required=True,
                    placeholder="令和6年能登半島地震",
                    help="罹災証明書や名簿に印刷される名前です。",
                ),
                spec_field(
                    "setup", "occurred_at", kind="instant", required=True, placeholder="R6.1.1 16:10", help="元号でも西暦でも入力できます。"
                ),
            )
        ),
    ),
)
SITE = FormSpec(
    key="setup.site",
    title="拠点",
    sections=(
        SectionSpec(
            fields=(
                spec_field(
                    "setup", "site_name", required=True, placeholder="矢田郷地区コミュニティセンター", help="このパソコンを使う場所です。"
                ),
                spec_field("setup", "site_kind", kind="choice", required=True, options="site.kind", default="shelter"),
            )
        ),
    ),
)
FIRST_OPERATOR = FormSpec(
    key="setup.operator",
    title="操作者",
    sections=(
        SectionSpec(
            fields=(
                spec_field(
                    "setup",
                    "operator",
                    required=True,
                    placeholder="能登 花子",
                    help="あなたの名前です。最初の人は管理者になります。",
                    limit=60,
                ),
                _password("password", "パスワード", help=password_strength("")[1]),
                _password("password_again", "パスワード（確認）", help=_REPEAT_HELP),
            )
        ),
    ),
    rules=(check_new_password,),
)
SIGN_IN = FormSpec(
    key="sign_in",
    title="サインイン",
    sections=(
        SectionSpec(
            fields=(
                FieldSpec(key="operator", label="操作者名", required=True, limit=60),
                FieldSpec(key="password", label="パスワード", kind="password", required=True),
            )
        ),
    ),
    save="台帳を開く",
)
SERVER = FormSpec(
    key="server",
    title="サーバーの台帳",
    sections=(
        SectionSpec(
            fields=(
                FieldSpec(
                    key="database",
                    label="データベースの住所",
                    required=True,
                    ime="latin",
                    limit=1000,
                    placeholder="postgresql://sasae_desk@db.example.lg.jp/sasae?sslmode=verify-full",
                    help="サーバーを用意した担当者から受け取ります。",
                ),
            )
        ),
    ),
    save="つながるか確かめる",
)
RECOVER = FormSpec(
    key="recover",
    title="パスワードを忘れたとき",
    sections=(
        SectionSpec(
            fields=(
                FieldSpec(
                    key="recovery_key",
                    label="復旧キー",
                    required=True,
                    ime="latin",
                    limit=80,
                    placeholder="XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX",
                    help="台帳を作ったときに印刷・保存した32文字です。ハイフンや大文字・小文字の違いは気にしなくてかまいません。",
                ),
                FieldSpec(key="operator", label="操作者名", required=True, limit=60),
                _password("password", "新しいパスワード", help=password_strength("")[1]),
                _password("password_again", "新しいパスワード（確認）", help=_REPEAT_HELP),
            )
        ),
    ),
    save="新しいパスワードで開く",
    rules=(check_new_password,),
)
RESTORE = FormSpec(
    key="restore",
    title="控えから復元",
    sections=(
        SectionSpec(
            fields=(
                FieldSpec(key="backup", label="控えのファイル", kind="file", required=True, limit=1000),
                FieldSpec(
                    key="folder",
                    label="復元先のフォルダー",
                    kind="folder",
                    required=True,
                    limit=1000,
                    help="空のフォルダーを選びます。元の台帳には触れません。",
                ),
                FieldSpec(key="operator", label="操作者名", required=True, limit=60),
                FieldSpec(key="password", label="控えを作ったときのパスワード", kind="password", required=True),
            )
        ),
    ),
    save="復元する",
)


def _check_change(values: Mapping[str, Any]) -> dict[str, str]:
    return check_new_password(values, key="new", again="new_again")


CHANGE_PASSWORD = FormSpec(
    key="change_password",
    title="パスワードの変更",
    sections=(
        SectionSpec(
            fields=(
                FieldSpec(key="old", label="今のパスワード", kind="password", required=True),
                _password("new", "新しいパスワード", help=password_strength("")[1]),
                _password("new_again", "新しいパスワード（確認）", help=_REPEAT_HELP),
            )
        ),
    ),
    save="変更する",
    rules=(_check_change,),
)
RESET_PASSWORD = FormSpec(
    key="reset_password",
    title="パスワードの再設定",
    sections=(
        SectionSpec(
            fields=(
                _password("new", "新しいパスワード", help=password_strength("")[1]),
                _password("new_again", "新しいパスワード（確認）", help=_REPEAT_HELP),
            )
        ),
    ),
    save="再設定する",
    rules=(_check_change,),
)


def _check_operator(values: Mapping[str, Any]) -> dict[str, str]:
    return check_new_password(values, name="name")


ADD_OPERATOR = FormSpec(
    key="add_operator",
    title="操作者の追加",
    sections=(
        SectionSpec(
            fields=(
                spec_field("operator", "name", required=True, limit=60),
                FieldSpec(key="roles", label="役割", kind="flags", options="role", required=True, default="shelter"),
                _password("password", "はじめのパスワード", help="本人に口頭で伝え、あとで変えてもらってください。"),
                _password("password_again", "はじめのパスワード（確認）", help=_REPEAT_HELP),
            )
        ),
    ),
    save="追加する",
    rules=(_check_operator,),
)
CHANGE_ROLES = FormSpec(
    key="change_roles",
    title="役割の変更",
    sections=(
        SectionSpec(
            fields=(
                FieldSpec(key="roles", label="役割", kind="flags", options="role", required=True),
                FieldSpec(key="reason", label="理由", help="履歴に残ります。"),
            )
        ),
    ),
)
BACKUP = FormSpec(
    key="backup",
    title="控え",
    sections=(
        SectionSpec(
            fields=(
                FieldSpec(
                    key="backup_folder",
                    label="2つ目の保存先",
                    kind="folder",
                    limit=1000,
                    placeholder="USBメモリなど",
                    help="データフォルダーの中の控えに加えて、ここにも作ります。",
                ),
                FieldSpec(
                    key="backup_minutes",
                    label="自動で作る間隔（分）",
                    kind="integer",
                    required=True,
                    high=1440,
                    width=8,
                    help="0 にすると終了のときだけ作ります。",
                ),
                FieldSpec(
                    key="backup_keep",
                    label="残す数",
                    kind="integer",
                    required=True,
                    low=2,
                    high=500,
                    width=8,
                    help="古い控えから順に消します。",
                ),
            )
        ),
    ),
)
