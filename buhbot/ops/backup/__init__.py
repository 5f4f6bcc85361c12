"""Backups of the whole product: made, kept, checked and brought back (BAK-01, BAK-02).

An archive is a tar of `manifest.json`, `database.dump`, `media.jsonl` and `config.json`, encrypted where a key is set.
"""
