"""The firm's installation: settings, urls, admin site, schedules, system commands."""
