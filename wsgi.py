"""What the web server loads: `wsgi:app`."""

import gc

from hrms.app import create_app

app = create_app()
# What stands now stands as long as the process: the collector need not walk it, nor a fork copy it for that.
gc.collect()
gc.freeze()
