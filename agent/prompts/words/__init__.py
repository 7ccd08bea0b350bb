"""The literal words that weights were trained with, as far as no dialect holds them; each module names its source."""
