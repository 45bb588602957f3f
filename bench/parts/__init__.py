"""What every measurement is made of: photographs, processes, load, judging, tables and plots."""
