"""The demonstration office: a fictional region whose people, papers and history are made by the product's own services.

Nothing is written past the services, so what the office shows is what the product does.
"""
