//! The plugin interface of plumbline_subject_v1.h in Rust. See there for what each field
//! means and who owns what.
#![allow(dead_code)]

use std::ffi::{c_char, c_int, c_void, CStr};
use std::slice;

pub const VERSION: u32 = 1;
pub const OK: c_int = 0;
pub const UNSUPPORTED: c_int = 1;
pub const REFUSED: c_int = 2;
pub const FAILED: c_int = 3;
pub const BINARY64: i32 = 64;
pub const BINARY32: i32 = 32;
pub const BFLOAT16: i32 = 17;
pub const BINARY16: i32 = 16;

#[repr(C)]
pub struct Error {
    pub message: [c_char; 512],
}

impl Error {
    /// Writes why, and gives the answer back.
    pub fn say(&mut self, answer: c_int, why: &str) -> c_int {
        let room = self.message.len() - 1;
        for (place, byte) in self.message[..room].iter_mut().zip(why.bytes()) {
            *place = byte as c_char;
        }
        answer
    }
}

#[repr(C)]
pub struct Hyperparameter {
    pub name: *const c_char,
    pub value: f64,
    pub kind: i32,
    pub taken: i32,
}

#[repr(C)]
pub struct Hyperparameters {
    pub list: *mut Hyperparameter,
    pub count: usize,
}

impl Hyperparameters {
    /// The hyperparameter with this name, marked as taken.
    pub fn take(&self, name: &str) -> Option<f64> {
        let list = unsafe { slice_of_mut(self.list, self.count) };
        let found = list
            .iter_mut()
            .find(|entry| unsafe { CStr::from_ptr(entry.name) }.to_bytes() == name.as_bytes())?;
        found.taken = 1;
        Some(found.value)
    }
}

#[repr(C)]
pub struct Parameter {
    pub name: *const c_char,
    pub shape: *const i64,
    pub dimensions: usize,
    pub count: usize,
    pub format: i32,
    pub state_format: i32,
    pub group: usize,
    pub values: *const c_void,
}

#[repr(C)]
pub struct CreateRequest {
    pub rule: *const c_char,
    pub parameters: *const Parameter,
    pub parameter_count: usize,
    pub groups: *mut Hyperparameters,
    pub group_count: usize,
}

impl CreateRequest {
    pub fn rule(&self) -> &str {
        unsafe { CStr::from_ptr(self.rule) }.to_str().unwrap_or("")
    }
    pub fn parameters(&self) -> &[Parameter] {
        unsafe { slice_of(self.parameters, self.parameter_count) }
    }
    /// The hyperparameters of a parameter.
    pub fn hyperparameters(&self, parameter: &Parameter) -> &Hyperparameters {
        unsafe { &*self.groups.add(parameter.group) }
    }
}

#[repr(C)]
pub struct StepRequest {
    pub parameters: *const *mut c_void,
    pub gradients: *const *const c_void,
    pub parameter_count: usize,
    pub learning_rate: *const f64,
    pub loss: *const f64,
}

#[repr(C)]
pub struct StateTensor {
    pub name: *const c_char,
    pub data: *const c_void,
    pub count: usize,
    pub format: i32,
}

type Create = extern "C" fn(&CreateRequest, &mut *mut c_void, &mut Error) -> c_int;
type Step = extern "C" fn(*mut c_void, &StepRequest, &mut Error) -> c_int;
type Close = extern "C" fn(*mut c_void);
type State = extern "C" fn(*mut c_void, usize, usize, &mut StateTensor, &mut Error) -> c_int;
/// A method that the example lacks; its arguments are in the C header.
type Absent = Option<extern "C" fn()>;

#[repr(C)]
pub struct Table {
    pub version: u32,
    pub size: u32,
    pub name: *const c_char,
    pub subject_version: *const c_char,
    pub language: *const c_char,
    pub claims: *const c_char,
    pub flushes_subnormals: i32,
    pub thread_safe: i32,
    pub create: Option<Create>,
    pub step: Option<Step>,
    pub close: Option<Close>,
    pub look_ahead: Absent,
    pub state: Option<State>,
    pub save: Absent,
    pub load: Absent,
    pub minimize: Absent,
    pub schedule_values: Absent,
    pub clip: Absent,
    pub sample: Absent,
    pub initialize: Absent,
    pub minimize_asking: Absent,
}

// Its pointers are to constants.
unsafe impl Sync for Table {}

/// # Safety
/// `data` points to `count` elements, or `count` is 0.
pub unsafe fn slice_of<'a, T>(data: *const T, count: usize) -> &'a [T] {
    if count == 0 { &[] } else { slice::from_raw_parts(data, count) }
}

/// # Safety
/// As slice_of, and nobody else uses the elements.
pub unsafe fn slice_of_mut<'a, T>(data: *mut T, count: usize) -> &'a mut [T] {
    if count == 0 { &mut [] } else { slice::from_raw_parts_mut(data, count) }
}
