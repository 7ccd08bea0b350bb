"""What the released Qwen2.5-VL is asked for, besides actions.

Word for word as in QwenLM/Qwen2.5-VL:cookbooks/document_parsing.ipynb (the run whose answer is shown there: the words,
then the image, without a system prompt of its own) and cookbooks/spatial_understanding.ipynb, with a phrase for the
object. Extraction has no prompt in the cookbooks: those words are ours.
"""

DOCUMENT = "QwenVL HTML "
BOXES = "Outline the position of each {phrases} and output all the coordinates in JSON format."
POINTS = "point to each {phrase}, output its coordinates in XML format <points x y>object</points>"
EXTRACT = """Extract the data in this image as one JSON object that is valid against this JSON schema:
{schema}
Copy what the image says, and invent nothing. Where the schema allows null, use it for what the image does not say. Answer with the JSON object alone."""
RETRY = """That answer cannot be used: {problem}
Answer again with one whole JSON object that is valid against the schema, and with nothing else."""
