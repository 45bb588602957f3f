"""In and out: folders, zips and exports of other galleries, with what they say about their pictures."""
