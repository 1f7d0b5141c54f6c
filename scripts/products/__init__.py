"""What `write_products.py` writes, part by part."""
