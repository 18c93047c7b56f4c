"""PyTorch's learning-rate schedulers, run for real, as schedules of a Plumbline subject."""
import torch
from plumbline_subject import Unsupported
from torch.optim import lr_scheduler


def learning_rates(task, learning_rate, scheduler_of, of="lr"):
    """The rates (or momentum) of a training loop under a scheduler, or of its closed form."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], learning_rate, momentum=0.5)
    scheduler = scheduler_of(optimizer)
    if task.access == "direct":
        return [rate_at(scheduler, optimizer, step, of) for step in task.steps]
    last = max(task.steps, default=-1)
    rates = []
    for step in range(last + 1):
        rates.append(optimizer.param_groups[0][of])
        if step < last:
            optimizer.step()
            scheduler.step()
    return [rates[step] for step in task.steps]


def rate_at(scheduler, optimizer, step, of):
    # torch's documented way of direct access, where the scheduler has a closed form.
    optimizer.step()  # torch warns of a scheduler that is stepped first
    scheduler.step(step)
    return optimizer.param_groups[0][of]


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


def after_warmup(task, rate, warmup, fall_of):
    """A warmup and what follows, as torch's users compose them: torch has no class for it.

    Step t of the warmup has (t+1)/warmup of the rate: LinearLR cannot start at 0 (later
    versions refuse it), so the first step has 1/warmup and the last of the warmup has
    all. What follows then starts at its top, and the full rate is used twice.
    """
    if task.access == "direct":
        raise Unsupported("direct access: SequentialLR.step takes no step")

    def scheduler_of(optimizer):
        if warmup == 0:
            return fall_of(optimizer)
        rise = lr_scheduler.LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup - 1)
        return lr_scheduler.SequentialLR(optimizer, [rise, fall_of(optimizer)], [warmup])

    return learning_rates(task, rate, scheduler_of)


def linear_warmup_cosine(task):
    rate = task.hyperparameters.number("learning_rate")
    warmup = task.hyperparameters.integer("warmup_steps")
    total = task.hyperparameters.integer("total_steps")
    minimum = task.hyperparameters.number("minimum_learning_rate", 0.0)
    return after_warmup(
        task,
        rate,
        warmup,
        lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, total - warmup, minimum),
    )


def step_decay(task):
    rate = task.hyperparameters.number("learning_rate")
    gamma = task.hyperparameters.number("decay_rate")
    length = task.hyperparameters.integer("decay_steps")
    return learning_rates(
        task, rate, lambda optimizer: lr_scheduler.StepLR(optimizer, length, gamma)
    )


def multistep(task):
    rate = task.hyperparameters.number("learning_rate")
    gamma = task.hyperparameters.number("decay_rate")
    milestones = [
        task.hyperparameters.integer(name)
        for name in ("first_milestone", "second_milestone", "third_milestone")
    ]
    return learning_rates(
        task, rate, lambda optimizer: lr_scheduler.MultiStepLR(optimizer, milestones, gamma)
    )


def require_neutral(task, schedule, **neutral):
    """Refuses what torch's class has no argument for."""
    for name, value in neutral.items():
        if task.hyperparameters.number(name, value) != value:
            raise Unsupported(f"{schedule} has no {name}")


def exponential(task):
    require_neutral(
        task, "ExponentialLR", decay_steps=1.0, decay_begin=0.0, minimum_learning_rate=0.0
    )
    rate = task.hyperparameters.number("learning_rate")
    gamma = task.hyperparameters.number("decay_rate")
    return learning_rates(
        task, rate, lambda optimizer: lr_scheduler.ExponentialLR(optimizer, gamma)
    )


def polynomial(task):
    require_neutral(task, "PolynomialLR", minimum_learning_rate=0.0)
    rate = task.hyperparameters.number("learning_rate")
    total = task.hyperparameters.integer("total_steps")
    power = task.hyperparameters.number("power")
    return learning_rates(
        task, rate, lambda optimizer: lr_scheduler.PolynomialLR(optimizer, total, power)
    )


def linear(task):
    rate = task.hyperparameters.number("learning_rate")
    total = task.hyperparameters.integer("total_steps")
    start = task.hyperparameters.number("start_factor", 1.0)
    end = task.hyperparameters.number("minimum_learning_rate", 0.0)  # torch: a factor
    return learning_rates(
        task, rate, lambda optimizer: lr_scheduler.LinearLR(optimizer, start, end, total)
    )


def cosine_warm_restarts(task):
    require_neutral(task, "CosineAnnealingWarmRestarts", peak_decay=1.0)
    rate = task.hyperparameters.number("learning_rate")
    first = task.hyperparameters.integer("first_cycle_steps")
    multiplier = task.hyperparameters.integer("cycle_multiplier")
    minimum = task.hyperparameters.number("minimum_learning_rate", 0.0)
    return learning_rates(
        task,
        rate,
        lambda optimizer: lr_scheduler.CosineAnnealingWarmRestarts(
            optimizer, first, multiplier, minimum
        ),
    )


def linear_warmup(task):
    """Step t of the warmup has (t+1)/warmup of the rate, as in after_warmup."""
    rate = task.hyperparameters.number("learning_rate")
    warmup = task.hyperparameters.integer("warmup_steps")
    if warmup == 1 and task.access == "direct":
        raise Unsupported("LinearLR's closed form divides by its total_iters, here 0")
    return learning_rates(
        task,
        rate,
        lambda optimizer: lr_scheduler.LinearLR(
            optimizer, start_factor=1 / warmup, total_iters=warmup - 1
        ),
    )


def linear_warmup_linear_decay(task):
    rate = task.hyperparameters.number("learning_rate")
    warmup = task.hyperparameters.integer("warmup_steps")
    total = task.hyperparameters.integer("total_steps")
    end = task.hyperparameters.number("minimum_learning_rate", 0.0) / rate
    return after_warmup(
        task,
        rate,
        warmup,
        lambda optimizer: lr_scheduler.LinearLR(optimizer, 1.0, end, total - warmup),
    )


def cyclical(task):
    top = task.hyperparameters.number("maximum_learning_rate")
    bottom = task.hyperparameters.number("minimum_learning_rate", 0.0)
    up = task.hyperparameters.integer("up_steps")
    down = task.hyperparameters.integer("down_steps")
    gamma = task.hyperparameters.number("decay_rate")  # without effect in this mode
    return learning_rates(
        task,
        top,
        lambda optimizer: lr_scheduler.CyclicLR(
            optimizer, bottom, top, up, down, "triangular", gamma, cycle_momentum=False
        ),
    )


def within_one_cycle(task):
    total = task.hyperparameters.integer("total_steps")
    if max(task.steps, default=0) > total:
        raise Unsupported("OneCycleLR refuses steps past total_steps")
    return total


def one_cycle(task):
    total = within_one_cycle(task)
    top = task.hyperparameters.number("maximum_learning_rate")
    rise = task.hyperparameters.number("rise_share")
    task.hyperparameters.number("fall_share")  # optax's alone
    first = task.hyperparameters.number("initial_divisor")
    last = task.hyperparameters.number("final_divisor")
    return learning_rates(
        task,
        top,
        lambda optimizer: lr_scheduler.OneCycleLR(
            optimizer,
            top,
            total,
            pct_start=rise,
            cycle_momentum=False,
            div_factor=first,
            final_div_factor=last,
        ),
    )


def one_cycle_momentum(task):
    total = within_one_cycle(task)
    high = task.hyperparameters.number("maximum_momentum")
    low = task.hyperparameters.number("minimum_momentum")
    rise = task.hyperparameters.number("rise_share")
    return learning_rates(
        task,
        0.1,
        lambda optimizer: lr_scheduler.OneCycleLR(
            optimizer, 0.1, total, pct_start=rise, base_momentum=low, max_momentum=high
        ),
        of="momentum",
    )


def cyclical_momentum(task):
    high = task.hyperparameters.number("maximum_momentum")
    low = task.hyperparameters.number("minimum_momentum")
    up = task.hyperparameters.integer("up_steps")
    down = task.hyperparameters.integer("down_steps")
    gamma = task.hyperparameters.number("decay_rate")  # without effect in this mode
    return learning_rates(
        task,
        0.1,
        lambda optimizer: lr_scheduler.CyclicLR(
            optimizer,
            0.01,
            0.1,
            up,
            down,
            "triangular",
            gamma,
            base_momentum=low,
            max_momentum=high,
        ),
        of="momentum",
    )


SCHEDULES = {
    "constant": constant,
    "step_decay": step_decay,
    "multistep": multistep,
    "exponential": exponential,
    "polynomial": polynomial,
    "linear": linear,
    "cosine_annealing": cosine_annealing,
    "cosine_warm_restarts": cosine_warm_restarts,
    "linear_warmup": linear_warmup,
    "linear_warmup_linear_decay": linear_warmup_linear_decay,
    "linear_warmup_cosine": linear_warmup_cosine,
    "cyclical": cyclical,
    "one_cycle": one_cycle,
    "one_cycle_momentum": one_cycle_momentum,
    "cyclical_momentum": cyclical_momentum,
}
