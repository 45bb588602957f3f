"""picturerail check: looks at all that a start needs, and says what to do."""
