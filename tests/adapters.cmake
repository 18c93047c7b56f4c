# Real libraries, through their adapters, against their expectation files.
set(adapters ${PROJECT_SOURCE_DIR}/tools/adapters)
add_test(NAME adapter_helpers COMMAND /usr/bin/python3 ${adapters}/test_adapters.py)
add_test(NAME pytorch
  COMMAND plumbline check --expect ${adapters}/pytorch.expect.json --jobs 1
          -- /usr/bin/python3 ${adapters}/pytorch.py)
# The multi-tensor implementations are other code: those that differ, and two that do not.
add_test(NAME pytorch_foreach
  COMMAND plumbline check --expect ${adapters}/pytorch_foreach.expect.json --jobs 1
          --rule adagrad --rule radam --rule nadam --rule asgd --rule amsgrad --rule rprop
          --format binary64 --format binary32
          -- /usr/bin/python3 ${adapters}/pytorch.py --foreach)
add_test(NAME tensorflow_js
  COMMAND plumbline check --expect ${adapters}/tensorflow.expect.json --jobs 1
          -- node ${adapters}/tensorflow.mjs)
# PyTorch's samplers with the last batch dropped, and run on over epochs; its other fan.
add_test(NAME pytorch_drop_last
  COMMAND plumbline check --sampling *_replacement --dialect last_dropped --jobs 1
          -- /usr/bin/python3 ${adapters}/pytorch.py --drop-last)
add_test(NAME pytorch_one_iterator
  COMMAND plumbline check --sampling *_replacement --dialect continued --jobs 1
          -- /usr/bin/python3 ${adapters}/pytorch.py --one-iterator)
add_test(NAME pytorch_fan_out
  COMMAND plumbline check --sampling he_* --dialect fan_out --jobs 1
          -- /usr/bin/python3 ${adapters}/pytorch.py --fan-out)
# ... and LBFGS with its line search.
add_test(NAME pytorch_strong_wolfe
  COMMAND plumbline check --rule lbfgs --dialect torch_strong_wolfe --format binary64
          --format binary32 --format bfloat16 --jobs 1
          -- /usr/bin/python3 ${adapters}/pytorch.py --strong-wolfe)
set_tests_properties(pytorch_strong_wolfe PROPERTIES TIMEOUT 300)
set_tests_properties(pytorch_drop_last pytorch_one_iterator pytorch_fan_out PROPERTIES TIMEOUT 300)
set_tests_properties(adapter_helpers pytorch pytorch_foreach tensorflow_js PROPERTIES TIMEOUT 900)
