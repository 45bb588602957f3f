"""Golden pictures: what transformations looked like when somebody last looked at them.

`python -m tests.transform.golden NAME ...` makes those named anew (all without a name), and the contact sheet.
Look at the sheet before you commit it.
"""
