"""Reading what people bring: open a table, find its columns, report what is wrong, hand back the rest."""
