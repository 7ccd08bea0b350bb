"""What an agent can do, as data: the actions, the pixel grids of their points, and the formats that models write.

Public modules: `schema` (the union of actions), `geometry` (points, boxes, the only transform between frames),
`reading` (the result of reading a reply), `errors`, and the dialects. The other modules are internal.
"""
