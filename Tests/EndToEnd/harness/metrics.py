"""A page of metrics, as Prometheus's own client library reads it."""

import httpx
from prometheus_client.parser import text_string_to_metric_families


class Page:
    def __init__(self, text):
        self.text = text
        self.families = {family.name: family for family in text_string_to_metric_families(text)}
        self.samples = {}
        for family in self.families.values():
            for sample in family.samples:
                name = (sample.name, tuple(sorted(sample.labels.items())))
                assert name not in self.samples, f"{name} is there twice"
                self.samples[name] = sample.value

    @classmethod
    def of(cls, server, **headers):
        answer = httpx.get(f"{server.address}/metrics", headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        return cls(answer.text)

    def value(self, sample, **labels):
        """Of the sample that has these labels and no others."""
        return self.samples[(sample, tuple(sorted(labels.items())))]

    def total(self, sample, **labels):
        """Of all samples that have these labels, whatever others they have."""
        return sum(
            value
            for (name, found), value in self.samples.items()
            if name == sample and set(labels.items()) <= set(found)
        )
