"""Append-only events, the read log and their pages: what was changed or looked at, by whom, before and after."""
