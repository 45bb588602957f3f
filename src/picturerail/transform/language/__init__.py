"""The words of transformation URLs: colours, values, effects, layers, arithmetic."""
