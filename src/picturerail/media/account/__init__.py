"""The account itself: its settings, what it uses, and tables that belong to no asset."""
