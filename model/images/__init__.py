"""Images on their way to the network: opened, resized, and cut into patches.

Public modules: `image` (`open_image`), `preprocess` (`Preprocessor`, `PixelRule`), `resize`.
"""
