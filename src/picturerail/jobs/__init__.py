"""Work that goes on after its call was answered: kept in MongoDB, so that it outlives every process."""
