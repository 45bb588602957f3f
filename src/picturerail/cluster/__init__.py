"""A small world of real parts on one machine: edges, apps, a replica set and an object store, each of which may die."""
