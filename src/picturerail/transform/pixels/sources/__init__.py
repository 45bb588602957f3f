"""Reading of source pictures: what they are, how they are opened, what an upload tells."""
