"""HTTP: routes, shapes, and the gate that every request passes."""
