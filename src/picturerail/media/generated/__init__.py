"""New files made of assets: text images, sprites, animations and PDFs of several pictures, archives, downloads."""
