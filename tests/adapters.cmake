# Real libraries, through their adapters, against their expectation files.
set(adapters ${PROJECT_SOURCE_DIR}/tools/adapters)
add_test(NAME adapter_helpers COMMAND /usr/bin/python3 ${adapters}/test_adapters.py)
add_test(NAME pytorch
  COMMAND plumbline check --expect ${adapters}/pytorch.expect.json --jobs 1
          -- /usr/bin/python3 ${adapters}/pytorch.py)
add_test(NAME tensorflow_js
  COMMAND plumbline check --expect ${adapters}/tensorflow.expect.json --jobs 1
          -- node ${adapters}/tensorflow.mjs)
set_tests_properties(adapter_helpers pytorch tensorflow_js PROPERTIES TIMEOUT 900)
