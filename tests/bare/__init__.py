"""The pages for strangers on a bare machine: their blocks pasted one by one into a system that debootstrap made."""
