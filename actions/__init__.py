"""What an agent can do, as data: the actions, the pixel grids that their points belong to, and what models write.

From outside: `schema` (the union of actions), `geometry` (points, boxes, the one transform between frames), `reading`
(what became of a reply), `errors`, and the dialects. The rest serves those.
"""
