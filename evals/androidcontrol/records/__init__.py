"""The files of AndroidControl as they are published: TFRecords of tf.train.Example, read without TensorFlow.

Public modules: `episode`, `example`, `forest`, `tfrecord`.
"""
