#!/usr/bin/env python3
"""PyTorch's optimizers, schedules and clipping as a Plumbline subject.

    pytorch.py [--foreach]

`--foreach` asks torch for its multi-tensor implementations, which it uses by itself
only on a GPU. The rules are a table: one row a rule, see RULES.

Every option that torch has for a rule is passed, because torch's own default may not
be the neutral value (AdamW's weight_decay is 0.01 when nobody names it).
"""

import contextlib
import sys
from typing import Any, Dict, NamedTuple, Tuple

import plumbline_subject
from plumbline_subject import Refused, Unsupported

plumbline_subject.guard_output()

import torch  # noqa: E402  (after the guard, in case it prints)
from torch.optim import lr_scheduler  # noqa: E402

# --- the tables --------------------------------------------------------------------

FORMATS = {
    "binary64": torch.float64,
    "binary32": torch.float32,
    "bfloat16": torch.bfloat16,
    "binary16": torch.float16,
}

# Hyperparameters that may be absent, and what absence means. All others are required.
NEUTRAL = {
    "weight_decay": 0.0,
    "momentum": 0.0,
    "dampening": 0.0,
    "centered": False,
    "learning_rate_decay": 0.0,
    "initial_accumulator": 0.0,
    "momentum_decay": 0.004,
}

# State that torch keeps only where this option is on.
ONLY_WITH = {"momentum_buffer": "momentum", "grad_avg": "centered"}


class Rule(NamedTuple):
    optimizer: Any  # torch's class
    options: Dict[str, str]  # hyperparameter -> torch's keyword
    state: Dict[str, str]  # standard name -> torch's key
    fixed: Dict[str, Any] = {}  # torch's options that tell this rule from its siblings
    required: Tuple[str, ...] = ()  # hyperparameters without which the rule is another


RATE = {"learning_rate": "lr", "weight_decay": "weight_decay"}
MOMENTUM = {**RATE, "momentum": "momentum"}
ADAM = {**RATE, "beta1": "beta1", "beta2": "beta2", "epsilon": "eps"}
MOMENTS = {"first_moment": "exp_avg", "second_moment": "exp_avg_sq"}

RULES = {
    "gradient_descent": Rule(
        torch.optim.SGD,
        RATE,
        state={},
        fixed={"momentum": 0.0, "dampening": 0.0, "nesterov": False},
    ),
    "momentum": Rule(
        torch.optim.SGD,
        {**MOMENTUM, "dampening": "dampening"},
        state={"velocity": "momentum_buffer"},
        fixed={"nesterov": False},
        required=("momentum",),
    ),
    "nesterov": Rule(
        torch.optim.SGD,
        MOMENTUM,
        state={"velocity": "momentum_buffer"},
        fixed={"dampening": 0.0, "nesterov": True},
        required=("momentum",),
    ),
    "adagrad": Rule(
        torch.optim.Adagrad,
        {
            **RATE,
            "epsilon": "eps",
            "learning_rate_decay": "lr_decay",
            "initial_accumulator": "initial_accumulator_value",
        },
        state={"squared_gradient_sum": "sum"},
    ),
    "rmsprop": Rule(
        torch.optim.RMSprop,
        {**MOMENTUM, "rho": "alpha", "epsilon": "eps", "centered": "centered"},
        state={
            "mean_square": "square_avg",
            "mean_gradient": "grad_avg",
            "velocity": "momentum_buffer",
        },
    ),
    "adam": Rule(torch.optim.Adam, ADAM, state=MOMENTS, fixed={"amsgrad": False}),
    "adamw": Rule(torch.optim.AdamW, ADAM, state=MOMENTS, fixed={"amsgrad": False}),
    "radam": Rule(torch.optim.RAdam, ADAM, state=MOMENTS),
    "rprop": Rule(
        torch.optim.Rprop,
        {
            "learning_rate": "lr",
            "decrease_factor": "etaminus",
            "increase_factor": "etaplus",
            "minimum_step": "step_size_min",
            "maximum_step": "step_size_max",
        },
        state={"step_size": "step_size", "previous_gradient": "prev"},
    ),
    "adadelta": Rule(
        torch.optim.Adadelta,
        {**RATE, "rho": "rho", "epsilon": "eps"},
        state={"mean_square": "square_avg", "mean_square_update": "acc_delta"},
    ),
    "amsgrad": Rule(
        torch.optim.Adam,
        ADAM,
        state={**MOMENTS, "greatest_second_moment": "max_exp_avg_sq"},
        fixed={"amsgrad": True},
    ),
    "adamax": Rule(
        torch.optim.Adamax, ADAM, state={"first_moment": "exp_avg", "infinity_norm": "exp_inf"}
    ),
    "nadam": Rule(
        torch.optim.NAdam, {**ADAM, "momentum_decay": "momentum_decay"}, state=MOMENTS
    ),
    "asgd": Rule(
        torch.optim.ASGD,
        {**RATE, "decay": "lambd", "rate_exponent": "alpha", "averaging_start": "t0"},
        state={"average": "ax"},
    ),
}

FOREACH = {"foreach": True} if "--foreach" in sys.argv[1:] else {}

# --- optimizers --------------------------------------------------------------------


def torch_options(rule, hyperparameters):
    """The keyword arguments of torch's constructor."""
    options = {**rule.fixed, **FOREACH}
    for name, keyword in rule.options.items():
        options[keyword] = read_option(hyperparameters, name, name in rule.required)
    if "beta1" in options:
        options["betas"] = (options.pop("beta1"), options.pop("beta2"))
    if "etaminus" in options:
        options["etas"] = (options.pop("etaminus"), options.pop("etaplus"))
        options["step_sizes"] = (options.pop("step_size_min"), options.pop("step_size_max"))
    return options


def read_option(hyperparameters, name, required):
    if required or name not in NEUTRAL:
        return hyperparameters.number(name)
    if isinstance(NEUTRAL[name], bool):
        return hyperparameters.flag(name, NEUTRAL[name])
    return hyperparameters.number(name, NEUTRAL[name])


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


class TorchOptimizer:
    def __init__(self, task):
        self.rule = RULES[task.rule]
        self.parameters = [to_torch(p, p.format).requires_grad_() for p in task.parameters]
        defaults = torch_options(self.rule, task.defaults)
        groups = self.torch_groups(task)
        with unsupported_where_torch_has_no_kernel():
            try:
                self.optimizer = self.rule.optimizer(groups, **defaults)
            except ValueError as error:
                raise Refused("by torch: {}".format(error)) from error
        self.first_rates = {
            parameter: group["lr"]
            for group in self.optimizer.param_groups
            for parameter in group["params"]
        }

    def torch_groups(self, task):
        """torch's parameter groups: one for each set of hyperparameters in use."""
        groups = {}
        for parameter, tensor in zip(task.parameters, self.parameters):
            hyperparameters = parameter.hyperparameters
            if hyperparameters not in groups:
                options = torch_options(self.rule, hyperparameters)
                groups[hyperparameters] = {"params": [], **options}
            groups[hyperparameters]["params"].append(tensor)
        return list(groups.values())

    def set_learning_rate(self, learning_rate):
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate

    def step(self, gradients):
        for parameter, gradient in zip(self.parameters, gradients):
            parameter.grad = None if gradient is None else like(parameter, gradient)
        with unsupported_where_torch_has_no_kernel():
            self.optimizer.step()
        return [from_torch(parameter) for parameter in self.parameters]

    def state(self):
        return {
            name: [from_torch(self.state_of(parameter, key)) for parameter in self.parameters]
            for name, key in self.rule.state.items()
            if self.keeps(key)
        }

    def keeps(self, key):
        option = ONLY_WITH.get(key)
        return option is None or any(group[option] for group in self.optimizer.param_groups)

    def state_of(self, parameter, key):
        # `get` throughout: torch's state is a defaultdict, and looking must not create.
        value = self.optimizer.state.get(parameter, {}).get(key)
        if value is not None:
            return value
        # What the first step with a gradient will make.
        initial = {
            "sum": self.optimizer.defaults.get("initial_accumulator_value"),
            "step_size": self.first_rates[parameter],
        }.get(key, 0.0)
        return torch.full_like(parameter, initial)

    def save(self):
        parameters = [parameter.detach() for parameter in self.parameters]
        return to_json({"parameters": parameters, "optimizer": self.optimizer.state_dict()})

    def load(self, memory):
        saved = from_json(memory)
        with torch.no_grad():
            for parameter, values in zip(self.parameters, saved["parameters"]):
                parameter.copy_(values)
        self.optimizer.load_state_dict(saved["optimizer"])


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


# --- schedules ---------------------------------------------------------------------


def learning_rates(task, learning_rate, scheduler_of):
    """The rates of a training loop under a scheduler, or of its closed form."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=learning_rate)
    scheduler = scheduler_of(optimizer)
    if task.access == "direct":
        return [rate_at(scheduler, optimizer, step) for step in task.steps]
    rates = []
    for _ in range(max(task.steps, default=-1) + 1):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return [rates[step] for step in task.steps]


def rate_at(scheduler, optimizer, step):
    # torch's documented way of direct access, where the scheduler has a closed form.
    optimizer.step()  # torch warns of a scheduler that is stepped first
    scheduler.step(step)
    return optimizer.param_groups[0]["lr"]


def constant(task):
    rate = task.hyperparameters.number("learning_rate")
    return learning_rates(task, rate, lambda optimizer: lr_scheduler.ConstantLR(optimizer, 1.0))


def cosine_annealing(task):
    rate = task.hyperparameters.number("learning_rate")
    total = task.hyperparameters.integer("total_steps")
    minimum = task.hyperparameters.number("minimum_learning_rate", 0.0)
    return learning_rates(
        task, rate, lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, total, minimum)
    )


def linear_warmup_cosine(task):
    """What torch has no class for, as its users compose it.

    Step t of the warmup has (t+1)/warmup of the rate: LinearLR cannot start at 0 (later
    versions refuse it), so the first step has 1/warmup and the last of the warmup has
    all. The cosine then starts at its top, and the full rate is used twice.
    """
    if task.access == "direct":
        raise Unsupported("direct access: SequentialLR.step takes no step")
    rate = task.hyperparameters.number("learning_rate")
    warmup = task.hyperparameters.integer("warmup_steps")
    total = task.hyperparameters.integer("total_steps")
    minimum = task.hyperparameters.number("minimum_learning_rate", 0.0)

    def scheduler_of(optimizer):
        if warmup == 0:
            return lr_scheduler.CosineAnnealingLR(optimizer, total, minimum)
        rise = lr_scheduler.LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup - 1)
        fall = lr_scheduler.CosineAnnealingLR(optimizer, total - warmup, minimum)
        return lr_scheduler.SequentialLR(optimizer, [rise, fall], milestones=[warmup])

    return learning_rates(task, rate, scheduler_of)


# --- clipping ----------------------------------------------------------------------


def with_gradients(task):
    """Parameters that hold the task's gradients."""
    parameters = []
    for gradient in task.gradients:
        parameter = torch.zeros(gradient.shape, dtype=FORMATS[task.format], requires_grad=True)
        parameter.grad = to_torch(gradient, task.format)
        parameters.append(parameter)
    return parameters


def clipped(parameters):
    return [from_torch(parameter.grad) for parameter in parameters]


def by_global_norm(norm_type):
    def clip(task):
        max_norm = task.hyperparameters.number("max_norm")
        parameters = with_gradients(task)
        with unsupported_where_torch_has_no_kernel():
            norm = torch.nn.utils.clip_grad_norm_(parameters, max_norm, norm_type)
        return clipped(parameters), from_torch(norm)[0]

    return clip


def by_tensor_norm(norm_type):
    """As a training loop does that calls clip_grad_norm_ for each parameter by itself."""

    def clip(task):
        max_norm = task.hyperparameters.number("max_norm")
        parameters = with_gradients(task)
        with unsupported_where_torch_has_no_kernel():
            for parameter in parameters:
                torch.nn.utils.clip_grad_norm_(parameter, max_norm, norm_type)
        return clipped(parameters), None

    return clip


def by_value(task):
    max_value = task.hyperparameters.number("max_value")
    parameters = with_gradients(task)
    with unsupported_where_torch_has_no_kernel():
        torch.nn.utils.clip_grad_value_(parameters, max_value)
    return clipped(parameters), None


NORM_TYPES = {"": 2.0, "_1": 1.0, "_infinity": float("inf")}
CLIPPINGS = {
    **{"global_norm" + order: by_global_norm(p) for order, p in NORM_TYPES.items()},
    **{"tensor_norm" + order: by_tensor_norm(p) for order, p in NORM_TYPES.items()},
    "value": by_value,
}


if __name__ == "__main__":
    torch.set_num_threads(1)  # sums do not depend on the machine
    plumbline_subject.serve(
        "PyTorch foreach" if FOREACH else "PyTorch",
        torch.__version__,
        {rule: TorchOptimizer for rule in RULES},
        formats=FORMATS,
        schedules={
            "constant": constant,
            "cosine_annealing": cosine_annealing,
            "linear_warmup_cosine": linear_warmup_cosine,
        },
        clippings=CLIPPINGS,
        flushes_subnormals=False,
    )
