"""The site of 报搜; `create_app` is its door."""

from search_web.app import create_app

__all__ = ["create_app"]
