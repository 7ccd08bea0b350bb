"""What `dumpsys` and `uiautomator dump` say, or do not say."""
