"""Language processes: started ahead, given one to each editor, replaced when they hang or die."""
