"""Albums: their record, the pictures that hang in each and in which order, what becomes of them."""
