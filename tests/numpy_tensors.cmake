# Rules of matrices written in NumPy, on LAPACK and with signs of eigenvectors at random: none of
# them may be called wrong. Needs Debian's python3-numpy.
add_test(NAME numpy_tensors
  COMMAND plumbline check --rule adafactor --rule shampoo --rule soap --format binary64
          --format binary32 --jobs 1 --no-properties
          -- /usr/bin/python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/subjects/numpy_tensors.py)
set_tests_properties(numpy_tensors PROPERTIES TIMEOUT 300)
