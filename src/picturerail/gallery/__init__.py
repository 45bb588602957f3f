"""The web app: pages, accounts and JSON API of the gallery, on any cloud that the official SDK can reach."""
