"""The small part of JavaScript that the upload parameter `eval` is written in. Pure; it cannot loop or call."""
