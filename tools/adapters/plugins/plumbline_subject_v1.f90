! The plugin interface of plumbline_subject_v1.h in Fortran. See there for what each
! component means and who owns what.
module plumbline_subject_v1_types
  use, intrinsic :: iso_c_binding
  implicit none

  integer(c_int32_t), parameter :: version = 1
  integer(c_int), parameter :: ok = 0, unsupported = 1, refused = 2, failed = 3
  integer(c_int32_t), parameter :: binary64 = 64, binary32 = 32, bfloat16 = 17, binary16 = 16

  type, bind(C) :: error_t
    character(kind=c_char) :: message(512)
  end type

  type, bind(C) :: hyperparameter_t
    type(c_ptr) :: name
    real(c_double) :: value
    integer(c_int32_t) :: kind, taken
  end type

  type, bind(C) :: hyperparameters_t
    type(c_ptr) :: list
    integer(c_size_t) :: count
  end type

  type, bind(C) :: parameter_t
    type(c_ptr) :: name, shape
    integer(c_size_t) :: dimensions, count
    integer(c_int32_t) :: format, state_format
    integer(c_size_t) :: group  ! counted from 0
    type(c_ptr) :: values
  end type

  type, bind(C) :: create_request_t
    type(c_ptr) :: rule, parameters
    integer(c_size_t) :: parameter_count
    type(c_ptr) :: groups
    integer(c_size_t) :: group_count
  end type

  type, bind(C) :: step_request_t
    type(c_ptr) :: parameters, gradients
    integer(c_size_t) :: parameter_count
    type(c_ptr) :: learning_rate, loss
  end type

  type, bind(C) :: state_tensor_t
    type(c_ptr) :: name, data
    integer(c_size_t) :: count
    integer(c_int32_t) :: format
  end type

  type, bind(C) :: table_t
    integer(c_int32_t) :: version, size
    type(c_ptr) :: name, subject_version, language, claims
    integer(c_int32_t) :: flushes_subnormals, thread_safe
    type(c_funptr) :: create, step, close, look_ahead, state, save, load, minimize, &
                      schedule_values, clip, sample, initialize, minimize_asking
  end type

contains

  ! The string at a C pointer.
  function text(pointer)
    type(c_ptr), intent(in) :: pointer
    character(len=:), allocatable :: text
    character(kind=c_char), pointer :: letters(:)
    integer :: length, place
    call c_f_pointer(pointer, letters, [4096])
    length = 0
    do while (letters(length + 1) /= c_null_char)
      length = length + 1
    end do
    allocate (character(len=length) :: text)
    do place = 1, length
      text(place:place) = letters(place)
    end do
  end function

  ! Writes why, and gives the answer back.
  function say(error, answer, why)
    type(error_t), intent(inout) :: error
    integer(c_int), intent(in) :: answer
    character(len=*), intent(in) :: why
    integer(c_int) :: say
    integer :: place
    do place = 1, min(len(why), 511)
      error%message(place) = why(place:place)
    end do
    say = answer
  end function

  ! The hyperparameter with this name, marked as taken; 0 where it was not sent.
  function take(from, name)
    type(hyperparameters_t), intent(in) :: from
    character(len=*), intent(in) :: name
    real(c_double) :: take
    type(hyperparameter_t), pointer :: list(:)
    integer(c_size_t) :: place
    call c_f_pointer(from%list, list, [from%count])
    take = 0
    do place = 1, from%count
      if (text(list(place)%name) /= name) cycle
      list(place)%taken = 1
      take = list(place)%value
    end do
  end function
end module
