"""The Search API: an expression is parsed into a tree, the tree becomes an indexed query, pages follow by cursor."""
