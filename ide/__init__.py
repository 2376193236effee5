"""What the editor needs: language answers, validation, templates, and the browser front end in ``web/``."""
