"""The one import wizard: file, columns, check of all rows, plan row by row, result."""
