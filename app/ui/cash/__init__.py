"""現金窓口: the desk that pays vouchers, the vouchers themselves, boxes of cash, and who has not come yet."""
