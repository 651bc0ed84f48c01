"""Quality on labelled data, with baselines in the same run."""
