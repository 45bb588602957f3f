"""Other galleries, read by their own APIs: each tells its pictures and albums, and gives the originals."""
