! An example plugin in Fortran: gradient descent, momentum and Adam in binary64 and binary32.
!
!   gfortran -shared -fPIC -o libmine.so plumbline_subject_v1.f90 example_plugin.f90
!   plumbline check --plugin libmine.so
!
! example_rules.inc holds the rules' arithmetic, once for both formats.
module rules_in_binary64
  use, intrinsic :: iso_fortran_env, only: real64
  implicit none
  integer, parameter :: wp = real64
contains
  include 'example_rules.inc'
end module

module rules_in_binary32
  use, intrinsic :: iso_fortran_env, only: real32, real64
  implicit none
  integer, parameter :: wp = real32
contains
  include 'example_rules.inc'
end module

module example_plugin
  use, intrinsic :: iso_fortran_env, only: real32, real64
  use plumbline_subject_v1_types
  use rules_in_binary64, only: gradient_descent64 => gradient_descent, momentum64 => momentum, &
                               adam64 => adam
  use rules_in_binary32, only: gradient_descent32 => gradient_descent, momentum32 => momentum, &
                               adam32 => adam
  implicit none

  ! One parameter: its settings, steps and state, the latter in its own format.
  type :: held_t
    integer(c_int32_t) :: format
    integer(c_size_t) :: count
    real(real64) :: rate, momentum, beta1, beta2, epsilon
    integer :: steps = 0
    real(real64), allocatable :: wide(:, :)
    real(real32), allocatable :: narrow(:, :)
  end type

  type :: optimizer_t
    character(len=:), allocatable :: rule
    type(held_t), allocatable :: parameters(:)
  end type

  character(kind=c_char, len=26), target, save :: plugin_name = 'example plugin in Fortran'//c_null_char
  character(kind=c_char, len=4), target, save :: plugin_version = '1.0'//c_null_char
  character(kind=c_char, len=8), target, save :: plugin_language = 'Fortran'//c_null_char
  character(kind=c_char, len=9), target, save :: velocity = 'velocity'//c_null_char
  character(kind=c_char, len=13), target, save :: first_moment = 'first_moment'//c_null_char
  character(kind=c_char, len=14), target, save :: second_moment = 'second_moment'//c_null_char
  type(table_t), target, save :: table

contains

  ! An empty name: these are reached through the table alone. The C library has a `step` of
  ! its own, which the plugin's would be taken for.
  function create(request, optimizer, error) result(answer) bind(C, name='')
    type(create_request_t), intent(in) :: request
    type(c_ptr), intent(out) :: optimizer
    type(error_t), intent(inout) :: error
    integer(c_int) :: answer
    type(optimizer_t), pointer :: made
    type(parameter_t), pointer :: parameters(:)
    type(hyperparameters_t), pointer :: groups(:)
    character(len=:), allocatable :: rule
    integer(c_size_t) :: i

    optimizer = c_null_ptr
    rule = text(request%rule)
    if (rule /= 'gradient_descent' .and. rule /= 'momentum' .and. rule /= 'adam') then
      answer = say(error, unsupported, 'no rule '//rule)
      return
    end if
    call c_f_pointer(request%parameters, parameters, [request%parameter_count])
    call c_f_pointer(request%groups, groups, [request%group_count])
    if (any(parameters%format /= parameters%state_format .or. &
            (parameters%format /= binary64 .and. parameters%format /= binary32))) then
      answer = say(error, unsupported, 'binary64 and binary32 only')
      return
    end if
    allocate (made)
    made%rule = rule
    allocate (made%parameters(request%parameter_count))
    do i = 1, request%parameter_count
      made%parameters(i) = new_parameter(rule, parameters(i), groups(parameters(i)%group + 1))
    end do
    optimizer = c_loc(made)
    answer = ok
  end function

  ! What is not taken, weight decay say, is unsupported; the harness sees to that.
  function new_parameter(rule, given, values) result(held)
    character(len=*), intent(in) :: rule
    type(parameter_t), intent(in) :: given
    type(hyperparameters_t), intent(in) :: values
    type(held_t) :: held
    held%format = given%format
    held%count = given%count
    held%rate = take(values, 'learning_rate')
    if (rule == 'momentum') held%momentum = take(values, 'momentum')
    if (rule == 'adam') then
      held%beta1 = take(values, 'beta1')
      held%beta2 = take(values, 'beta2')
      held%epsilon = take(values, 'epsilon')
    end if
    if (given%format == binary64) then
      allocate (held%wide(given%count, 2), source=0.0_real64)
    else
      allocate (held%narrow(given%count, 2), source=0.0_real32)
    end if
  end function

  function step(given, request, error) result(answer) bind(C, name='')
    type(c_ptr), value :: given
    type(step_request_t), intent(in) :: request
    type(error_t), intent(inout) :: error
    integer(c_int) :: answer
    type(optimizer_t), pointer :: optimizer
    type(c_ptr), pointer :: parameters(:), gradients(:)
    real(c_double), pointer :: rate
    integer :: i

    call c_f_pointer(given, optimizer)
    call c_f_pointer(request%parameters, parameters, [request%parameter_count])
    call c_f_pointer(request%gradients, gradients, [request%parameter_count])
    do i = 1, size(optimizer%parameters)
      if (c_associated(request%learning_rate)) then
        call c_f_pointer(request%learning_rate, rate)
        optimizer%parameters(i)%rate = rate
      end if
      if (.not. c_associated(gradients(i))) cycle
      call step_parameter(optimizer%rule, optimizer%parameters(i), parameters(i), gradients(i))
    end do
    error%message(1) = c_null_char
    answer = ok
  end function

  subroutine step_parameter(rule, held, parameter, gradient)
    character(len=*), intent(in) :: rule
    type(held_t), intent(inout) :: held
    type(c_ptr), intent(in) :: parameter, gradient
    real(real64), pointer :: theta64(:), g64(:)
    real(real32), pointer :: theta32(:), g32(:)

    held%steps = held%steps + 1
    if (held%format == binary64) then
      call c_f_pointer(parameter, theta64, [held%count])
      call c_f_pointer(gradient, g64, [held%count])
      select case (rule)
      case ('gradient_descent')
        call gradient_descent64(held%rate, theta64, g64)
      case ('momentum')
        call momentum64(held%rate, held%momentum, held%wide(:, 1), theta64, g64)
      case ('adam')
        call adam64(held%rate, held%beta1, held%beta2, held%epsilon, held%steps, &
                    held%wide(:, 1), held%wide(:, 2), theta64, g64)
      end select
    else
      call c_f_pointer(parameter, theta32, [held%count])
      call c_f_pointer(gradient, g32, [held%count])
      select case (rule)
      case ('gradient_descent')
        call gradient_descent32(held%rate, theta32, g32)
      case ('momentum')
        call momentum32(held%rate, held%momentum, held%narrow(:, 1), theta32, g32)
      case ('adam')
        call adam32(held%rate, held%beta1, held%beta2, held%epsilon, held%steps, &
                    held%narrow(:, 1), held%narrow(:, 2), theta32, g32)
      end select
    end if
  end subroutine

  function state(given, index, parameter, tensor, error) result(answer) bind(C, name='')
    type(c_ptr), value :: given
    integer(c_size_t), value :: index, parameter  ! counted from 0
    type(state_tensor_t), intent(inout) :: tensor
    type(error_t), intent(inout) :: error
    integer(c_int) :: answer
    type(optimizer_t), pointer :: optimizer
    type(held_t), pointer :: held

    error%message(1) = c_null_char
    answer = ok
    call c_f_pointer(given, optimizer)
    if (optimizer%rule == 'momentum' .and. index == 0) tensor%name = c_loc(velocity)
    if (optimizer%rule == 'adam' .and. index == 0) tensor%name = c_loc(first_moment)
    if (optimizer%rule == 'adam' .and. index == 1) tensor%name = c_loc(second_moment)
    if (.not. c_associated(tensor%name)) return
    held => optimizer%parameters(parameter + 1)
    tensor%count = held%count
    tensor%format = held%format
    if (held%count == 0) return
    if (held%format == binary64) then
      tensor%data = c_loc(held%wide(1, index + 1))
    else
      tensor%data = c_loc(held%narrow(1, index + 1))
    end if
  end function

  subroutine close_optimizer(given) bind(C, name='')
    type(c_ptr), value :: given
    type(optimizer_t), pointer :: optimizer
    call c_f_pointer(given, optimizer)
    deallocate (optimizer)
  end subroutine

  function plumbline_subject_v1() result(pointer) bind(C, name='plumbline_subject_v1')
    type(c_ptr) :: pointer
    table%version = version
    table%size = int(c_sizeof(table), c_int32_t)
    table%name = c_loc(plugin_name)
    table%subject_version = c_loc(plugin_version)
    table%language = c_loc(plugin_language)
    table%claims = c_null_ptr
    table%flushes_subnormals = 0
    table%thread_safe = 0
    table%create = c_funloc(create)
    table%step = c_funloc(step)
    table%close = c_funloc(close_optimizer)
    table%state = c_funloc(state)
    table%look_ahead = c_null_funptr
    table%save = c_null_funptr
    table%load = c_null_funptr
    table%minimize = c_null_funptr
    table%schedule_values = c_null_funptr
    table%clip = c_null_funptr
    table%sample = c_null_funptr
    table%initialize = c_null_funptr
    table%minimize_asking = c_null_funptr
    pointer = c_loc(table)
  end function
end module
