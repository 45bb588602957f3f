"""Where things lie and how large they are: the parameters that change size and outline, and their arithmetic."""
