"""Models of traders, one file each: what they see, and what they wish to trade at which limit."""
