"""Tensors between the harness, torch and JSON, exactly."""

import contextlib

import torch
from plumbline_subject import Unsupported

FORMATS = {
    "binary64": torch.float64,
    "binary32": torch.float32,
    "bfloat16": torch.bfloat16,
    "binary16": torch.float16,
}


def to_torch(tensor, format):
    # Through binary64, so that every value arrives as it was sent.
    exact = torch.tensor(tensor.values, dtype=torch.float64)
    return exact.reshape(tensor.shape).to(FORMATS[format])


def from_torch(tensor):
    return tensor.detach().to(torch.float64).flatten().tolist()


@contextlib.contextmanager
def unsupported_where_torch_has_no_kernel():
    """Not every operation exists for every format on the CPU: `not implemented for 'Half'`."""
    try:
        yield
    except RuntimeError as error:
        if "not implemented for" in str(error):
            raise Unsupported("by torch: {}".format(error)) from error
        raise


def like(parameter, values):
    exact = torch.tensor(values, dtype=torch.float64)
    return exact.reshape(parameter.shape).to(parameter.dtype)


def to_json(value):
    """A state_dict as JSON, which has neither tensors nor tuples nor numbers for keys."""
    if isinstance(value, torch.Tensor):
        dtype = str(value.dtype).replace("torch.", "")
        return {"tensor": dtype, "shape": list(value.shape), "values": from_torch(value)}
    if isinstance(value, tuple):
        return {"tuple": [to_json(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[key, to_json(item)] for key, item in value.items()]}
    return [to_json(item) for item in value] if isinstance(value, list) else value


def from_json(value):
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "tuple" in value:
        return tuple(from_json(item) for item in value["tuple"])
    if "dict" in value:
        return {key: from_json(item) for key, item in value["dict"]}
    exact = torch.tensor(value["values"], dtype=torch.float64).reshape(value["shape"])
    return exact.to(getattr(torch, value["tensor"]))
