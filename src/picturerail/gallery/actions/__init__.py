"""What one can do with pictures, each thing once: check by the policy, change, tell the edges, answer.

Pages and API call these and nothing that changes a picture by itself; a test holds that.
"""
