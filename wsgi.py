"""What the web server loads: `wsgi:app`."""

from hrms.app import create_app

app = create_app()
