"""Work done once for all who want it at the same moment, and bounded memories of what came of it."""
