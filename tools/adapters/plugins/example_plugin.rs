//! An example plugin in Rust: gradient descent, momentum and Adam in binary64 and binary32.
//!
//!     rustc --edition 2021 --crate-type cdylib -O -o libmine.so example_plugin.rs
//!     plumbline check --plugin libmine.so
//!
//! A panic in an `extern "C"` function ends the process; the harness says so.

mod plumbline_subject_v1;

use plumbline_subject_v1 as plumbline;
use std::ffi::{c_char, c_int, c_void};
use std::mem::size_of;
use std::ptr::null;

#[derive(Clone, Copy, PartialEq)]
enum Rule {
    GradientDescent,
    Momentum,
    Adam,
}

struct Settings {
    rule: Rule,
    rate: f64,
    momentum: f64,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
}

impl Settings {
    /// What is not taken, weight decay say, is unsupported; the harness sees to that.
    fn take(rule: Rule, from: &plumbline::Hyperparameters) -> Self {
        let take = |of: Rule, name| if of == rule { from.take(name).unwrap_or(0.0) } else { 0.0 };
        Settings {
            rule,
            rate: take(rule, "learning_rate"),
            momentum: take(Rule::Momentum, "momentum"),
            beta1: take(Rule::Adam, "beta1"),
            beta2: take(Rule::Adam, "beta2"),
            epsilon: take(Rule::Adam, "epsilon"),
        }
    }
}

/// One parameter: its own steps and state, in its own format.
struct Held<Real> {
    settings: Settings,
    steps: i32,
    state: [Vec<Real>; 2],
}

/// What a parameter of either format can do.
trait Steps {
    fn set_rate(&mut self, rate: f64);
    fn step(&mut self, parameter: *mut c_void, gradient: *const c_void);
    fn state(&self, index: usize, tensor: &mut plumbline::StateTensor);
}

macro_rules! steps_in {
    ($Real:ty, $format:expr) => {
        impl Steps for Held<$Real> {
            fn set_rate(&mut self, rate: f64) {
                self.settings.rate = rate;
            }

            fn step(&mut self, parameter: *mut c_void, gradient: *const c_void) {
                type Real = $Real;
                self.steps += 1;
                let Settings { rule, rate, momentum, beta1, beta2, epsilon } = self.settings;
                let [first, second] = &mut self.state;
                let count = first.len();
                let parameter = unsafe { plumbline::slice_of_mut(parameter as *mut Real, count) };
                let gradient = unsafe { plumbline::slice_of(gradient as *const Real, count) };
                let correction1 = 1.0 - beta1.powi(self.steps);
                let correction2 = 1.0 - beta2.powi(self.steps);
                for i in 0..count {
                    let (theta, g) = (&mut parameter[i], gradient[i]);
                    let (m, v) = (&mut first[i], &mut second[i]);
                    match rule {
                        Rule::GradientDescent => *theta -= rate as Real * g,
                        Rule::Momentum => {
                            *m = momentum as Real * *m + g;
                            *theta -= rate as Real * *m;
                        }
                        Rule::Adam => {
                            *m = beta1 as Real * *m + (1.0 - beta1) as Real * g;
                            *v = beta2 as Real * *v + (1.0 - beta2) as Real * (g * g);
                            let root = (*v / correction2 as Real).sqrt();
                            *theta -= rate as Real * (*m / correction1 as Real)
                                / (root + epsilon as Real);
                        }
                    }
                }
            }

            fn state(&self, index: usize, tensor: &mut plumbline::StateTensor) {
                let names: &[&[u8]] = match self.settings.rule {
                    Rule::GradientDescent => &[],
                    Rule::Momentum => &[b"velocity\0"],
                    Rule::Adam => &[b"first_moment\0", b"second_moment\0"],
                };
                if let Some(name) = names.get(index) {
                    tensor.name = name.as_ptr() as *const c_char;
                    tensor.data = self.state[index].as_ptr() as *const c_void;
                    tensor.count = self.state[index].len();
                    tensor.format = $format;
                }
            }
        }
    };
}
steps_in!(f64, plumbline::BINARY64);
steps_in!(f32, plumbline::BINARY32);

type Optimizer = Vec<Box<dyn Steps>>;

extern "C" fn create(
    request: &plumbline::CreateRequest,
    optimizer: &mut *mut c_void,
    error: &mut plumbline::Error,
) -> c_int {
    let rule = match request.rule() {
        "gradient_descent" => Rule::GradientDescent,
        "momentum" => Rule::Momentum,
        "adam" => Rule::Adam,
        _ => return error.say(plumbline::UNSUPPORTED, "no such rule"),
    };
    let mut made: Optimizer = Vec::new();
    for parameter in request.parameters() {
        let settings = Settings::take(rule, request.hyperparameters(parameter));
        let count = parameter.count;
        match (parameter.format, parameter.state_format) {
            (plumbline::BINARY64, plumbline::BINARY64) => made.push(Box::new(Held {
                settings,
                steps: 0,
                state: [vec![0f64; count], vec![0f64; count]],
            })),
            (plumbline::BINARY32, plumbline::BINARY32) => made.push(Box::new(Held {
                settings,
                steps: 0,
                state: [vec![0f32; count], vec![0f32; count]],
            })),
            _ => return error.say(plumbline::UNSUPPORTED, "binary64 and binary32 only"),
        }
    }
    *optimizer = Box::into_raw(Box::new(made)) as *mut c_void;
    plumbline::OK
}

extern "C" fn step(
    optimizer: *mut c_void,
    request: &plumbline::StepRequest,
    _error: &mut plumbline::Error,
) -> c_int {
    let optimizer = unsafe { &mut *(optimizer as *mut Optimizer) };
    for (index, held) in optimizer.iter_mut().enumerate() {
        unsafe {
            if let Some(rate) = request.learning_rate.as_ref() {
                held.set_rate(*rate);
            }
            let gradient = *request.gradients.add(index);
            if !gradient.is_null() {
                held.step(*request.parameters.add(index), gradient);
            }
        }
    }
    plumbline::OK
}

extern "C" fn state(
    optimizer: *mut c_void,
    index: usize,
    parameter: usize,
    tensor: &mut plumbline::StateTensor,
    _error: &mut plumbline::Error,
) -> c_int {
    let optimizer = unsafe { &*(optimizer as *const Optimizer) };
    optimizer[parameter].state(index, tensor);
    plumbline::OK
}

extern "C" fn close(optimizer: *mut c_void) {
    drop(unsafe { Box::from_raw(optimizer as *mut Optimizer) });
}

#[no_mangle]
pub extern "C" fn plumbline_subject_v1() -> *const plumbline::Table {
    static TABLE: plumbline::Table = plumbline::Table {
        version: plumbline::VERSION,
        size: size_of::<plumbline::Table>() as u32,
        name: b"example plugin in Rust\0".as_ptr() as *const c_char,
        subject_version: b"1.0\0".as_ptr() as *const c_char,
        language: b"Rust\0".as_ptr() as *const c_char,
        claims: null(),
        flushes_subnormals: 0,
        thread_safe: 1,
        create: Some(create),
        step: Some(step),
        close: Some(close),
        look_ahead: None,
        state: Some(state),
        save: None,
        load: None,
        minimize: None,
        schedule_values: None,
        clip: None,
        sample: None,
        initialize: None,
        minimize_asking: None,
    };
    &TABLE
}
