#!/usr/bin/env python3
"""PyTorch's optimizers, schedules, clipping, samplers and initializations as a subject.

    pytorch.py [--foreach] [--strong-wolfe] [--drop-last | --one-iterator] [--fan-out]

`--foreach` asks torch for its multi-tensor implementations, which it uses by itself
only on a GPU, and `--strong-wolfe` LBFGS for its line search. The rules are a table:
one row a rule, see RULES.

Every option that torch has for a rule is passed, because torch's own default may not
be the neutral value (AdamW's weight_decay is 0.01 when nobody names it).
"""

import itertools
import sys
from typing import Any, Dict, NamedTuple, Tuple

import plumbline_subject
from plumbline_subject import Refused

plumbline_subject.guard_output()

import pytorch_lbfgs  # noqa: E402  (all of torch after the guard, in case it prints)
import pytorch_schedules  # noqa: E402
import torch  # noqa: E402
from pytorch_tensors import (  # noqa: E402
    FORMATS,
    from_json,
    from_torch,
    like,
    to_json,
    to_torch,
    unsupported_where_torch_has_no_kernel,
)
from torch.nn import init  # noqa: E402
from torch.utils.data import BatchSampler, RandomSampler  # noqa: E402

# --- the tables --------------------------------------------------------------------

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


# --- sampling and initialization ---------------------------------------------------

# With --drop-last the last batch of an epoch is dropped where it is not full; with
# --one-iterator all epochs come from one iterator, as num_samples makes it, and batches run
# on over their ends.
DROP_LAST = "--drop-last" in sys.argv
ONE_ITERATOR = "--one-iterator" in sys.argv


def sampler(task):
    """Batches of RandomSampler and BatchSampler, epoch after epoch as DataLoader takes them."""
    generator = torch.Generator().manual_seed(task.seed)
    population = range(task.population)
    draws = task.batches * task.batch_size if ONE_ITERATOR else None
    indices = RandomSampler(population, task.replacement, draws, generator)
    batches = BatchSampler(indices, task.batch_size, DROP_LAST)
    epochs = itertools.chain.from_iterable(iter(lambda: list(batches), None))
    return list(itertools.islice(epochs, task.batches))


def initialized(initialize):
    """What `initialize(tensor, task)` fills a tensor with, drawn from the task's seed."""

    def values_of(task):
        torch.manual_seed(task.seed)
        weights = torch.empty(task.shape, dtype=FORMATS[task.format])
        with unsupported_where_torch_has_no_kernel():
            initialize(weights, task)
        return from_torch(weights)

    return values_of


def xavier_normal(weights, task):
    init.xavier_normal_(weights, gain=task.hyperparameters.number("gain", 1.0))


def xavier_uniform(weights, task):
    init.xavier_uniform_(weights, gain=task.hyperparameters.number("gain", 1.0))


# torch's mode: fan_in by default, fan_out with --fan-out.
MODE = "fan_out" if "--fan-out" in sys.argv else "fan_in"


def he_normal(weights, task):
    init.kaiming_normal_(weights, task.hyperparameters.number("negative_slope", 0.0), MODE)


def he_uniform(weights, task):
    init.kaiming_uniform_(weights, task.hyperparameters.number("negative_slope", 0.0), MODE)


def truncated_normal(weights, task):
    init.trunc_normal_(weights, std=task.hyperparameters.number("standard_deviation"))


if __name__ == "__main__":
    torch.set_num_threads(1)  # sums do not depend on the machine
    plumbline_subject.serve(
        "PyTorch foreach" if FOREACH else "PyTorch",
        torch.__version__,
        {rule: TorchOptimizer for rule in RULES},
        formats=FORMATS,
        minimizers={"lbfgs": pytorch_lbfgs.minimizer("--strong-wolfe" in sys.argv)},
        schedules=pytorch_schedules.SCHEDULES,
        clippings=CLIPPINGS,
        sampler=sampler,
        initializers={
            "xavier_normal": initialized(xavier_normal),
            "xavier_uniform": initialized(xavier_uniform),
            "he_normal": initialized(he_normal),
            "he_uniform": initialized(he_uniform),
            "truncated_normal": initialized(truncated_normal),
        },
        flushes_subnormals=False,
    )
